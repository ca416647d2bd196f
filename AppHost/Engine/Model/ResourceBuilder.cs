namespace Aspire.Hosting.ApplicationModel;

/// <summary>Says more about one resource.</summary>
public interface IResourceBuilder<out T> where T : IResource
{
    /// <summary>The application it is part of.</summary>
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    /// <summary>The resource.</summary>
    T Resource { get; }

    /// <summary>Says one thing about it.</summary>
    IResourceBuilder<T> WithAnnotation(IResourceAnnotation annotation);
}

sealed class ResourceBuilder<T>(IDistributedApplicationBuilder application, T resource) : IResourceBuilder<T> where T : IResource
{
    public IDistributedApplicationBuilder ApplicationBuilder => application;

    public T Resource => resource;

    public IResourceBuilder<T> WithAnnotation(IResourceAnnotation annotation)
    {
        resource.Annotations.Add(annotation);
        return this;
    }
}
